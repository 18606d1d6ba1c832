import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='类型')),
                ('title', models.CharField(max_length=120, verbose_name='任务')),
                ('args', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('key', models.CharField(blank=True, max_length=120, null=True, unique=True)),
                ('state', models.CharField(choices=[('queued', '排队中'), ('running', '执行中'), ('done', '已完成'), ('failed', '失败'), ('cancelled', '已取消')], default='queued', max_length=10, verbose_name='状态')),
                ('office_id', models.BigIntegerField(db_index=True, null=True, verbose_name='机构')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='发起时间')),
                ('run_at', models.DateTimeField(verbose_name='计划时间')),
                ('started_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('seen_at', models.DateTimeField(null=True, verbose_name='查看时间')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='执行次数')),
                ('max_attempts', models.PositiveSmallIntegerField(default=3, verbose_name='最多执行次数')),
                ('done', models.BigIntegerField(default=0, verbose_name='已处理')),
                ('total', models.BigIntegerField(default=0, verbose_name='总数')),
                ('step', models.CharField(blank=True, max_length=120, verbose_name='当前步骤')),
                ('cancel_requested', models.BooleanField(default=False, verbose_name='已要求取消')),
                ('result', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name='结果')),
                ('result_file', models.CharField(blank=True, max_length=200, verbose_name='结果文件')),
                ('error_file', models.CharField(blank=True, max_length=200, verbose_name='错误文件')),
                ('error', models.CharField(blank=True, max_length=500, verbose_name='失败原因')),
                ('traceback', models.TextField(blank=True, verbose_name='错误详情')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
            ],
            options={
                'verbose_name': '后台任务',
                'verbose_name_plural': '后台任务',
                'ordering': ['-id'],
                'permissions': [('view_all_job', '查看他人的后台任务'), ('cancel_all_job', '取消他人的后台任务')],
                'default_permissions': ('view',),
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['run_at', 'id'], name='job_waiting'), models.Index(condition=models.Q(('state', 'running')), fields=['id'], name='job_running'), models.Index(fields=['created_by', '-id'], name='job_by_person')],
            },
        ),
    ]
